import { requestId } from "@acme/convex-docs/errors";
import {
  createContext,
  use,
  useCallback,
  useEffect,
  useEffectEvent,
  useRef,
  useState,
  type ReactNode,
} from "react";
import { Icon } from "./controls.js";
import { explain, toFailure } from "./failure.js";

/** A message that disappears by itself. */
type Toast = {
  tone: "done" | "refused";
  title: string;
  text?: string;
  action?: { label: string; run: () => void };
};

/** Shows a message. */
type ShowToast = (toast: Toast) => void;

const ToastContext = createContext<ShowToast>(() => undefined);

export function useToasts(): ShowToast {
  return use(ToastContext);
}

/** More would cover the page. */
const MAX_SHOWN = 3;

type Shown = Toast & { id: number };

/** Shows messages in a corner; a screen reader announces them. */
export function Toasts({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<Shown[]>([]);
  const lastId = useRef(0);
  const show = useCallback((toast: Toast) => {
    const id = (lastId.current += 1);
    setToasts((shown) => [...shown.slice(1 - MAX_SHOWN), { ...toast, id }]);
  }, []);
  // A server bug rejects the call and is not caught: monitoring sees it, and the user gets a message.
  useEffect(() => {
    const onBug = ({ reason }: PromiseRejectionEvent) => {
      const { title, text } = explain(toFailure(reason));
      const reference = requestId(reason);
      show({
        tone: "refused",
        title,
        text: reference ? `${text} For our support: ${reference}` : text,
      });
    };
    window.addEventListener("unhandledrejection", onBug);
    return () => window.removeEventListener("unhandledrejection", onBug);
  }, [show]);
  const close = useCallback(
    (id: number) =>
      setToasts((shown) => shown.filter((toast) => toast.id !== id)),
    [],
  );
  return (
    <ToastContext value={show}>
      {children}
      <div className="toasts" role="status" aria-label="Messages">
        {toasts.map((toast) => (
          <ToastMessage
            key={toast.id}
            toast={toast}
            onClose={() => close(toast.id)}
          />
        ))}
      </div>
    </ToastContext>
  );
}

/** How long a message stays (ms). A refusal takes longer to read, and what can be taken back longer to think about. */
const STAYS = { done: 4_000, refused: 9_000, action: 12_000 };

/** Disappears by itself, but not while it has the pointer or the focus. */
function ToastMessage({
  toast,
  onClose,
}: {
  toast: Toast;
  onClose: () => void;
}) {
  const [isHeld, setHeld] = useState(false);
  const { tone, title, text, action } = toast;
  const stays = STAYS[action ? "action" : tone];
  const expire = useEffectEvent(onClose);
  useEffect(() => {
    if (isHeld) return;
    const timer = setTimeout(() => expire(), stays);
    return () => clearTimeout(timer);
  }, [isHeld, stays]);
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
