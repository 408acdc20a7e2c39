// Functions that Playwright sends into a page: each must stand alone, and sees nothing of this file but itself.

/** What watchRows and watchKeys leave on the window. */
export interface Watched {
  /** From the start of the navigation until the frame that shows the first match. */
  firstRowMs: number | null;
  keys: number[];
  events: number[];
  /** Between two frames. */
  frames: number[];
}

declare global {
  interface Window {
    benchWatched: Watched;
    benchStopFrames?: () => void;
  }
}

/**
 * Waits for the first visible text that fits, wherever it comes from: the HTML or a script. The time is that of the
 * frame that shows it. Only what was added is looked at, so a page with many rows pays little for being watched.
 */
export function watchRows(pattern: string): void {
  const wanted = new RegExp(pattern);
  window.benchWatched = { firstRowMs: null, keys: [], events: [], frames: [] };
  const unseen = "script,style,template,noscript,title,head";
  const isShown = (text: Node) => {
    const parent = text.parentElement;
    return parent !== null && parent.closest(unseen) === null && parent.checkVisibility();
  };
  const holdsRow = (node: Node): boolean => {
    if (node.nodeType === Node.TEXT_NODE) return wanted.test(node.nodeValue ?? "") && isShown(node);
    if (!(node instanceof Element) || node.matches(unseen)) return false;
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    for (let text = walker.nextNode(); text !== null; text = walker.nextNode())
      if (wanted.test(text.nodeValue ?? "") && isShown(text)) return true;
    return false;
  };
  const observer = new MutationObserver((records) => {
    const found = records.some((record) =>
      record.type === "childList" ? [...record.addedNodes].some(holdsRow) : holdsRow(record.target),
    );
    if (!found) return;
    observer.disconnect();
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => {
        window.benchWatched.firstRowMs = performance.now();
      };
      channel.port2.postMessage(null);
    });
  });
  const options = { childList: true, subtree: true, characterData: true, attributes: true };
  observer.observe(document, { ...options, attributeFilter: ["hidden", "style", "class"] });
}

/** Times each key from its event to the frame behind it; Event Timing, which is silent below 16 ms, goes beside it. */
export function watchKeys(): void {
  const watched = window.benchWatched;
  watched.keys = [];
  watched.events = [];
  watched.frames = [];
  const types = ["keydown", "keypress", "keyup", "beforeinput", "input", "pointerdown", "pointerup", "click"];
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      if (types.includes(entry.name)) watched.events.push(entry.duration);
  });
  observer.observe({ type: "event", durationThreshold: 16 } as PerformanceObserverInit);
  const onEvent = (event: Event) => {
    const begin = event.timeStamp;
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => watched.keys.push(performance.now() - begin);
      channel.port2.postMessage(null);
    });
  };
  document.addEventListener("keydown", onEvent, { capture: true });
  document.addEventListener("click", onEvent, { capture: true });
  let running = true;
  let last = performance.now();
  const frame = () => {
    const now = performance.now();
    watched.frames.push(now - last);
    last = now;
    if (running) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  window.benchStopFrames = () => {
    running = false;
    observer.disconnect();
    document.removeEventListener("keydown", onEvent, { capture: true });
    document.removeEventListener("click", onEvent, { capture: true });
  };
}

/** The time until a text that fits is shown, from now on. */
export function waitForText(options: {
  selector: string;
  pattern: string;
  timeoutMs: number;
}): Promise<number> {
  const wanted = new RegExp(options.pattern);
  const begin = performance.now();
  return new Promise((resolve, reject) => {
    const look = () => {
      const passed = performance.now() - begin;
      const shown = [...document.querySelectorAll(options.selector)].some((element) =>
        wanted.test(element.textContent ?? ""),
      );
      if (shown) resolve(passed);
      else if (passed > options.timeoutMs) reject(new Error(`Nothing fits ${options.pattern}.`));
      else requestAnimationFrame(look);
    };
    look();
  });
}
