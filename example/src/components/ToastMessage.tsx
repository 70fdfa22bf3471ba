import { useEffect, useEffectEvent, useState } from "react";
import type { Toast } from "../hooks/useToasts.js";
import { Icon } from "./Icon.js";

/** How long a message stays (ms). A refusal takes longer to read. */
const STAYS = { done: 4_000, refused: 9_000 };

/** Goes by itself, but not while somebody points at it or is in it. */
export function ToastMessage({
  toast,
  onClose,
}: {
  toast: Toast;
  onClose: () => void;
}) {
  const [isHeld, setHeld] = useState(false);
  const { tone, title, text, action } = toast;
  const expire = useEffectEvent(onClose);
  useEffect(() => {
    if (isHeld) return;
    const timer = setTimeout(() => expire(), STAYS[tone]);
    return () => clearTimeout(timer);
  }, [isHeld, tone]);
  return (
    <div
      className={`toast toast--${tone}`}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <Icon name={tone === "done" ? "check" : "alert"} />
      <div className="toast__text">
        <p>{title}</p>
        {text !== undefined && <p className="toast__more">{text}</p>}
      </div>
      {action && (
        <button
          className="button button--quiet"
          onClick={() => {
            action.run();
            onClose();
          }}
        >
          {action.label}
        </button>
      )}
      <button
        className="button button--icon"
        aria-label="Dismiss"
        onClick={onClose}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}
