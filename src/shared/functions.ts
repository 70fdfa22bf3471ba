/**
 * A function of the host's, as the component keeps it: by a name, because a handle means nothing in another deployment, such as
 * after a backup was restored there.
 *
 * @module
 */
import { v, type Infer } from "convex/values";

/** A function of the host's: its path, and its handle in this deployment. Passed with each call that may run it later. */
export const vHostFunction = v.object({
  /** Such as `"jobs:report"`. */
  name: v.string(),
  handle: v.string(),
});
export type HostFunction = Infer<typeof vHostFunction>;
