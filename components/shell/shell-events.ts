/** How parts of a page ask the shell for something without holding a piece of it. */
const paletteEvent = "wharfinger:palette";
const helpEvent = "wharfinger:shortcut-help";

export function requestPalette(): void {
  window.dispatchEvent(new Event(paletteEvent));
}

export function requestShortcutHelp(): void {
  window.dispatchEvent(new Event(helpEvent));
}

export function listenToShell(handlers: { palette: () => void; help: () => void }): () => void {
  window.addEventListener(paletteEvent, handlers.palette);
  window.addEventListener(helpEvent, handlers.help);
  return () => {
    window.removeEventListener(paletteEvent, handlers.palette);
    window.removeEventListener(helpEvent, handlers.help);
  };
}
