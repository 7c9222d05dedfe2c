/** A mark before the tab's title where something ended while nobody looked; it goes when somebody does. */

const MARK = "● ";

let isMarked = false;
let title: string | null = null;

function show(): void {
  if (title !== null) document.title = `${isMarked ? MARK : ""}${title}`;
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden || !isMarked) return;
  isMarked = false;
  show();
});

/** Give the tab this title, with the mark where there is one. */
export function setTitle(words: string): void {
  title = words;
  show();
}

/** Something has ended: seen at once where the tab is looked at. */
export function markEnded(): void {
  if (!document.hidden) return;
  isMarked = true;
  show();
}
