import { requestId } from "@acme/convex-docs/errors";
import {
  useCallback,
  useEffect,
  useRef,
  useState,
  type ReactNode,
} from "react";
import { ToastContext, type Toast } from "../hooks/useToasts.js";
import { explain, toFailure } from "../lib/failure.js";
import { ToastMessage } from "./ToastMessage.js";

/** More would cover the page. */
const MAX_SHOWN = 3;

type Shown = Toast & { id: number };

/** Shows messages in a corner, and reads them out. */
export function Toasts({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<Shown[]>([]);
  const lastId = useRef(0);
  const show = useCallback((toast: Toast) => {
    const id = (lastId.current += 1);
    setToasts((shown) => [...shown.slice(1 - MAX_SHOWN), { ...toast, id }]);
  }, []);
  // A bug on the server rejects the call and nobody catches it: monitoring hears of it, and so does the person.
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
