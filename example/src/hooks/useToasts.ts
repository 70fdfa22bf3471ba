import { createContext, use } from "react";

/** A message that comes and goes by itself. */
export type Toast = {
  tone: "done" | "refused";
  title: string;
  text?: string;
  action?: { label: string; run: () => void };
};

/** Shows a message. */
export type ShowToast = (toast: Toast) => void;

export const ToastContext = createContext<ShowToast>(() => undefined);

export function useToasts(): ShowToast {
  return use(ToastContext);
}
