// One sound for an accepted label, another for everything that needs a person. Off until somebody
// switches it on: a browser lets a page make sounds only after it was touched.
"use strict";
(() => {
  const button = document.querySelector("[data-sound]");
  if (!button) return;
  const TONES = {
    accepted: [[1320, 0.09]],
    rejected: [[330, 0.22], [220, 0.45]],
    "in-doubt": [[440, 0.18], [440, 0.18], [440, 0.18]],
    hold: [[520, 0.25]],
    fault: [[220, 0.3], [330, 0.3], [220, 0.3]],
  };
  let context = null;
  let last = "";

  const play = (tones) => {
    let at = context.currentTime;
    for (const [hertz, seconds] of tones) {
      const tone = new OscillatorNode(context, { type: "square", frequency: hertz });
      const volume = new GainNode(context, { gain: 0.12 });
      tone.connect(volume).connect(context.destination);
      tone.start(at);
      tone.stop(at + seconds);
      at += seconds + 0.06;
    }
  };

  const shown = () => {
    const sign = document.querySelector("[data-sign]");
    return sign ? `${sign.dataset.sign} ${sign.dataset.label}` : "";
  };

  button.addEventListener("click", () => {
    context = context ? (context.close(), null) : new AudioContext();
    button.setAttribute("aria-pressed", String(context !== null));
    last = shown();
    if (context) play(TONES.accepted);
  });
  document.body.addEventListener("htmx:sseMessage", () => {
    const now = shown();
    const tones = TONES[now.split(" ")[0]];
    if (context && now !== last && tones) play(tones);
    last = now;
  });
})();
