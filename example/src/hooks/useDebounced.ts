import { useEffect, useState } from "react";

/** A value once it has stayed the same for a while. @param delay in ms */
export function useDebounced<T>(value: T, delay: number): T {
  const [settled, settle] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => settle(value), delay);
    return () => clearTimeout(timer);
  }, [value, delay]);
  return settled;
}
