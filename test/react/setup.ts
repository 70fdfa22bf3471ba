import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";

// Here and not where components are rendered: that module is evaluated once for all the files, and what it says of
// `afterEach` would hold for the first.
afterEach(cleanup);
