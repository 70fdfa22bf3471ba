/**
 * Error data that is stored or returned as a value.
 *
 * @module
 */
import { v, type Validator } from "convex/values";
import type { DocsErrorData } from "../errors/codes.js";

/** Error data inside a value. Its details vary by code; `DocsErrorData` is their type. */
export const vDocsErrorData = v.any() as Validator<DocsErrorData>;
