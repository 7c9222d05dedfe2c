import { type ReactElement, useState } from "react";

import { Button } from "../../components/Button.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { IconButton } from "../../components/IconButton.tsx";
import { BellIcon, BellOffIcon } from "../../components/icons.tsx";
import { notify, usePreference } from "../preferences.ts";

const DENIED =
  "This browser was told not to show notifications of this page. Allow them for this address, beside the address bar or in the browser's settings, then press the bell again.";
const UNABLE =
  "This browser shows no notifications of this page: they need an address that begins with https, or this computer's own. The tab's title still says what runs, and is marked when something ends.";

/** Asks for the right to notify; what keeps it from that, in words, or null where nothing does. */
async function permit(): Promise<string | null> {
  if (typeof Notification === "undefined" || !window.isSecureContext) return UNABLE;
  const permission = Notification.permission === "default" ? await Notification.requestPermission() : Notification.permission;
  return permission === "granted" ? null : DENIED;
}

/** Switches on, in this browser, that the end of what was watched here is told outside of the page. */
export function NotifyButton(): ReactElement {
  const [chosen, choose] = usePreference(notify);
  const [problem, setProblem] = useState<string | null>(null);
  const isOn = chosen === "on" && typeof Notification !== "undefined" && Notification.permission === "granted";
  const press = async () => {
    if (isOn) {
      choose("off");
      return;
    }
    const words = await permit();
    setProblem(words);
    choose(words === null ? "on" : "off");
  };
  return (
    <>
      <IconButton
        label={isOn ? "Notify me when something ends: on" : "Notify me when something ends"}
        aria-pressed={isOn}
        icon={isOn ? <BellIcon /> : <BellOffIcon />}
        onClick={() => void press()}
      />
      <Dialog
        open={problem !== null}
        onOpenChange={() => setProblem(null)}
        title="No notifications"
        description={problem ?? ""}
        actions={<Button onClick={() => setProblem(null)}>Understood</Button>}
      />
    </>
  );
}
