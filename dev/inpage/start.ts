/**
 * Stands in the page's head: starts the worker while the page's own script is still on its way. `socket.ts` joins it then. The two
 * take about the same time, so the first list is there in half of it.
 *
 * @module
 */
import { ADDRESS } from "./address.js";

if (typeof SharedWorker === "function") new SharedWorker(...ADDRESS);
