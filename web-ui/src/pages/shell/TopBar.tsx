import type { ReactElement } from "react";
import { Link, useRoute } from "wouter";

import { serverPath } from "../../api/root.ts";
import { IconButton } from "../../components/IconButton.tsx";
import { KeyboardIcon } from "../../components/icons.tsx";
import { NotifyButton } from "../notices/NotifyButton.tsx";
import "./TopBar.css";
import { ViewMenu } from "./ViewMenu.tsx";

function NavLink({ to, pattern = to, label }: { to: string; pattern?: string; label: string }): ReactElement {
  const [here] = useRoute(pattern);
  return (
    <Link href={to} className="top-bar__link" aria-current={here ? "page" : undefined}>
      {label}
    </Link>
  );
}

/** Where one can go, which keys there are, and how the pages look: the same on every page. */
export function TopBar({ onHelp }: { onHelp: () => void }): ReactElement {
  return (
    <header className="top-bar">
      <a className="skip-link" href="#content">
        Skip to the content
      </a>
      <Link href="/" className="top-bar__brand" aria-label="Transom">
        <svg aria-hidden="true" width="20" height="20" viewBox="0 0 20 20" fill="none" stroke="currentColor">
          <path className="top-bar__light" d="M3.5 8.5v-5h13v5z" fill="currentColor" stroke="none" />
          <path d="M3.5 17.5v-14h13v14M3.5 8.5h13" strokeWidth="1.6" strokeLinejoin="round" />
        </svg>
        <span className="top-bar__name">Transom</span>
      </Link>
      <nav className="top-bar__nav" aria-label="Pages">
        <NavLink to="/" label="Submit" />
        <NavLink to="/jobs" pattern="/jobs/*?" label="Jobs" />
        <NavLink to="/batches" pattern="/batches/*?" label="Batches" />
        <NavLink to="/wall" label="Wall" />
        <NavLink to="/demo" label="Demo" />
        <a className="top-bar__link top-bar__api" href={serverPath("/docs")}>
          API
        </a>
      </nav>
      <div className="top-bar__tools">
        <IconButton label="Keyboard shortcuts" shortcut="?" icon={<KeyboardIcon />} className="top-bar__keys" onClick={onHelp} />
        <NotifyButton />
        <ViewMenu />
      </div>
    </header>
  );
}
