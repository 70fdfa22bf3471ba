/**
 * Where the worker is. A shared one is started by whoever asks first and joined by whoever asks later, if both name it alike.
 *
 * @module
 */
import { channelName } from "./channel.js";

/** The worker's file, beside the page. Its name changes with its content. */
declare const IN_PAGE_WORKER: string;

/** The folder that the page is served from. */
export const BASE = new URL("./", location.href).href;

/** What its constructor takes. */
export const ADDRESS = [
  new URL(IN_PAGE_WORKER, BASE),
  { type: "module", name: channelName(BASE) },
] as const;
