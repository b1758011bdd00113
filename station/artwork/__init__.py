"""One approved template and one label's data become dots, and the dots become ZPL."""
