"""The command line: `labelstation …`."""

import typer

from station.app import VERSION
from station.cli import (
    backup,
    calibrate,
    camera,
    challenge,
    codes,
    config,
    devices,
    disposing,
    export,
    install,
    keys,
    labels,
    line,
    orders,
    people,
    persons,
    qualify,
    record,
    records,
    report,
    scanner,
    serials,
    study,
    templates,
    tokens,
    trace,
    trend,
    verify,
)
from station.cli.terminal import say
from station.demo import demo

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Prints UDI labels, reads every one of them back, and proves it label by label.",
)
app.command()(line.run)
app.command()(demo)
app.command()(devices.devices)
app.command()(install.install)
app.add_typer(config.app, name="config")
app.add_typer(camera.app, name="camera")
app.add_typer(orders.app, name="order")
app.add_typer(templates.app, name="template")
orders.app.command()(export.export)
orders.app.command()(export.verify)
orders.app.command()(record.record)
app.command()(orders.log)
app.command("trace")(trace.trace_)
app.command("trend")(trend.trend_)
app.command("verify")(verify.verify_)
app.add_typer(scanner.app, name="scanner")
app.command()(challenge.challenge)
app.command("study")(study.study)
app.command()(qualify.qualify)
app.add_typer(report.app, name="report")
app.command()(backup.backup)
app.command()(backup.restore)
app.command()(records.audit)
app.command()(people.settle)
app.command()(people.reprint)
app.command()(disposing.dispose)
app.command()(people.verifier)
app.command()(calibrate.calibrate)
app.add_typer(serials.app, name="serials")
app.add_typer(codes.app, name="gs1")
app.add_typer(codes.udi_app, name="udi")
app.add_typer(keys.app, name="key")
app.add_typer(persons.app, name="person")
app.add_typer(tokens.app, name="token")
app.command()(labels.decode)
app.command()(labels.zpl)
app.command()(labels.preview)
app.command("judge")(labels.judge_)
app.add_typer(line.simulate, name="simulate")


@app.command()
def version() -> None:
    """Which version this is."""
    say(VERSION)


def main() -> None:
    app()


if __name__ == "__main__":
    main()
