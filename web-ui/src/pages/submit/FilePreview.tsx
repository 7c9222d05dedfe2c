import { type ReactElement, useEffect, useRef, useState } from "react";

/** What was chosen, as far as this browser can show it. */
export function FilePreview({ file }: { file: File }): ReactElement {
  const image = useRef<HTMLImageElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const [failed, setFailed] = useState<File | null>(null);
  const isVideo = file.type.startsWith("video/");
  const isShown = failed !== file && (isVideo || file.type.startsWith("image/"));

  useEffect(() => {
    const element = image.current ?? video.current;
    if (element === null) return;
    const url = URL.createObjectURL(file);
    element.src = url;
    return () => {
      URL.revokeObjectURL(url);
    };
  }, [file, isShown, isVideo]);

  const fail = () => {
    setFailed(file);
  };
  if (!isShown) return <div className="file-choice__preview file-choice__preview--none">No preview</div>;
  return isVideo ? (
    <video ref={video} className="file-choice__preview" muted playsInline preload="metadata" aria-hidden onError={fail} />
  ) : (
    <img ref={image} className="file-choice__preview" alt="" onError={fail} />
  );
}
