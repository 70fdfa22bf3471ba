/**
 * Functions of the host's, as the component is told of them.
 *
 * @module
 */
import {
  createFunctionHandle,
  getFunctionName,
  type FunctionReference,
  type FunctionType,
  type FunctionVisibility,
} from "convex/server";
import type { HostFunction } from "../shared/functions.js";

/**
 * The name and the handle of a function.
 *
 * @throws Error for one that is not deployed
 */
export async function hostFunction(
  reference: FunctionReference<FunctionType, FunctionVisibility>,
): Promise<HostFunction> {
  const handle = await createFunctionHandle(reference);
  return { name: getFunctionName(reference), handle };
}
