// Runs in the page, before anything else. One thing is recorded at a time; `stopRecording` gives the times, in milliseconds.

/** How long frames took in which the mouse did something: those in between would make it look smoother than it is. */
window.recordFrames = () => {
  const times = [];
  let isOn = true;
  let hasMoved = false;
  let last;
  const onMove = () => {
    hasMoved = true;
  };
  const tick = (time) => {
    // What moved since the last frame is drawn by this one, so it is the next that it delays.
    if (last?.hasMoved) times.push(time - last.time);
    last = { time, hasMoved };
    hasMoved = false;
    if (isOn) requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  for (const type of ['mousemove', 'wheel']) window.addEventListener(type, onMove, true);
  window.stopRecording = () => {
    isOn = false;
    for (const type of ['mousemove', 'wheel']) window.removeEventListener(type, onMove, true);
    return times;
  };
};

/** The time from each key to the end of the frame that shows what it did. */
window.recordLetters = () => {
  const times = [];
  const onKey = ({ timeStamp }) =>
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => times.push(performance.now() - timeStamp);
      port2.postMessage(null);
    });
  window.addEventListener('keydown', onKey, true);
  window.stopRecording = () => {
    window.removeEventListener('keydown', onKey, true);
    return times;
  };
};
