/** Small pictures of 16 by 16 that take the colour of the text around them. They say nothing to a screen reader. */
import type { ReactElement, ReactNode } from "react";

function icon(shape: ReactNode): () => ReactElement {
  return function Icon() {
    return (
      <svg
        aria-hidden="true"
        className="icon"
        width="16"
        height="16"
        viewBox="0 0 16 16"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
      >
        {shape}
      </svg>
    );
  };
}

export const BellIcon = icon(<path d="M4 11V7.5a4 4 0 0 1 8 0V11l1 1.2H3zM6.6 14h2.8" />);
export const BellOffIcon = icon(<path d="M4 11V7.5a4 4 0 0 1 5.6-3.7M12 8v3l1 1.2H3M6.6 14h2.8M2.5 2.5l11 11" />);
export const PlayIcon = icon(<path d="M5 3.2v9.6L12.6 8z" fill="currentColor" />);
export const PauseIcon = icon(<path d="M5.5 3.5v9M10.5 3.5v9" strokeWidth="2.2" />);
export const StepBackIcon = icon(
  <>
    <path d="M11.5 3.5v9L5.5 8z" fill="currentColor" />
    <path d="M3.8 3.5v9" />
  </>,
);
export const StepForwardIcon = icon(
  <>
    <path d="M4.5 3.5v9l6-4.5z" fill="currentColor" />
    <path d="M12.2 3.5v9" />
  </>,
);
export const LiveIcon = icon(
  <>
    <circle cx="8" cy="8" r="2.4" fill="currentColor" stroke="none" />
    <path d="M4.2 4.2a5.4 5.4 0 0 0 0 7.6M11.8 4.2a5.4 5.4 0 0 1 0 7.6" />
  </>,
);
export const BackIcon = icon(<path d="M9.8 3.5 5.3 8l4.5 4.5" />);
export const MinusIcon = icon(<path d="M3.5 8h9" />);
export const PlusIcon = icon(<path d="M3.5 8h9M8 3.5v9" />);
export const ChevronIcon = icon(<path d="m6 3.5 4.5 4.5L6 12.5" />);
export const CloseIcon = icon(<path d="m4 4 8 8M12 4l-8 8" />);
export const MoreIcon = icon(
  <g fill="currentColor" stroke="none">
    <circle cx="3" cy="8" r="1.4" />
    <circle cx="8" cy="8" r="1.4" />
    <circle cx="13" cy="8" r="1.4" />
  </g>,
);
export const QueuedIcon = icon(
  <>
    <circle cx="8" cy="8" r="5.5" />
    <path d="M8 5v3.2l2 1.3" />
  </>,
);
export const RunningIcon = icon(<circle cx="8" cy="8" r="4" fill="currentColor" stroke="none" />);
export const DoneIcon = icon(<path d="m3.2 8.4 3.2 3.2 6.4-7" strokeWidth="2" />);
export const ErrorIcon = icon(
  <>
    <path d="M5.4 2.5h5.2l2.9 2.9v5.2l-2.9 2.9H5.4l-2.9-2.9V5.4z" />
    <path d="M8 5.2v3.4M8 10.8v.1" />
  </>,
);
export const CancelledIcon = icon(
  <>
    <circle cx="8" cy="8" r="5.5" />
    <path d="m4.2 11.8 7.6-7.6" />
  </>,
);
export const StoppedIcon = icon(<rect x="4" y="4" width="8" height="8" rx="1" />);
export const WarningIcon = icon(
  <>
    <path d="M8 2.5 14 13H2z" />
    <path d="M8 6.5v3M8 11.3v.1" />
  </>,
);
export const OfflineIcon = icon(
  <>
    <path d="M2.5 6.6a8 8 0 0 1 11 0M4.8 9.2a4.7 4.7 0 0 1 6.4 0M8 12.2v.1" />
    <path d="m3 14 10-12" />
  </>,
);
export const WaitIcon = icon(<path d="M13 8a5 5 0 1 1-1.6-3.7M11.6 1.8v2.7H8.9" />);
export const KeyboardIcon = icon(
  <>
    <rect x="1.5" y="4" width="13" height="8" rx="1.5" />
    <path d="M4 6.7h.1M6.6 6.7h.1M9.2 6.7h.1M11.8 6.7h.1M5 9.4h6" />
  </>,
);
export const PictureIcon = icon(
  <>
    <rect x="2" y="3" width="12" height="10" rx="1.5" />
    <path d="m2.5 11.5 3.6-3.6 2.4 2.4 2-2 3 3" />
  </>,
);
export const FilmIcon = icon(
  <>
    <rect x="2" y="3" width="12" height="10" rx="1.5" />
    <path d="M5 3v10M11 3v10M2 6.3h3M2 9.7h3M11 6.3h3M11 9.7h3" />
  </>,
);
export const FileIcon = icon(<path d="M9.2 2.2H4.5a1 1 0 0 0-1 1v9.6a1 1 0 0 0 1 1h7a1 1 0 0 0 1-1V5.5zM9.2 2.2v3.3h3.3" />);
