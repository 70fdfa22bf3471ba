/**
 * Jobs that report what they did, and calls that survive a bad network.
 *
 * @module
 */
export { fetchJson, type FetchJsonOptions } from "./fetch/fetchJson.js";
