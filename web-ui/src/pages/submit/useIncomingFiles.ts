import { useEffect, useEffectEvent, useState } from "react";

import { type Chosen, dropped } from "./chosen.ts";

function hasFiles(transfer: DataTransfer | null): boolean {
  return transfer?.types.includes("Files") === true;
}

/** Takes files and folders that are dropped anywhere on the page, or pasted; says whether some are dragged over it. */
export function useIncomingFiles(onFiles: (chosen: Chosen) => void): boolean {
  const [isOver, setOver] = useState(false);
  const take = useEffectEvent((chosen: Chosen) => {
    if (chosen.files.length > 0) onFiles(chosen);
  });

  useEffect(() => {
    const onDragOver = (event: DragEvent) => {
      if (!hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      setOver(true);
    };
    const onDragLeave = (event: DragEvent) => {
      // From one element to the next within the page there is a related target; out of the page there is none.
      if (event.relatedTarget === null) setOver(false);
    };
    const onDrop = (event: DragEvent) => {
      if (event.dataTransfer === null || !hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      setOver(false);
      // A folder that can't be read brings nothing.
      dropped(event.dataTransfer).then(take, reportError);
    };
    const onPaste = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      take({ files, folder: null });
    };
    document.addEventListener("dragover", onDragOver);
    document.addEventListener("dragleave", onDragLeave);
    document.addEventListener("drop", onDrop);
    document.addEventListener("paste", onPaste);
    return () => {
      document.removeEventListener("dragover", onDragOver);
      document.removeEventListener("dragleave", onDragLeave);
      document.removeEventListener("drop", onDrop);
      document.removeEventListener("paste", onPaste);
    };
  }, []);
  return isOver;
}
