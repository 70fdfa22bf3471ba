import { createFunctionHandle } from "convex/server";
import { expect, test } from "vitest";
import type { Rules } from "../../dev/strict/rules.js";
import {
  component,
  deploy,
  freshEachTest,
  insert,
  mutation,
} from "./support.js";

freshEachTest();

function deployWithHandles(rules?: Partial<Rules>) {
  const deployed = deploy({ insert }, rules);
  const { t } = deployed;
  return {
    ...deployed,
    handleOf: (name: string) =>
      t.mutation(() => createFunctionHandle(mutation(name))),
    call: (handle: string) => t.mutation(component.f.call, { handle }),
    later: (handle: string) => t.mutation(component.f.later, { handle }),
  };
}
const NOT_FOUND = "Function handle not found";

test("a handle is opaque, the same for the same function, and calls it", async () => {
  const { handleOf, call, rows } = deployWithHandles();
  const handle = await handleOf("a:insert");
  expect(handle).toMatch(/^function:\/\/h0_1;/);
  expect(await handleOf("a:insert")).toBe(handle);
  await call(handle);
  expect(await rows()).toBe(1);
});

test("a handle is dead while a deploy has no such function, and alive when it is back", async () => {
  const { deployment, handleOf, call, later, rows } = deployWithHandles();
  const handle = await handleOf("a:insert");
  deployment.deploy({ rename: { "a:insert": "a:other" } });
  await expect(call(handle)).rejects.toThrow(NOT_FOUND);
  await expect(later(handle)).rejects.toThrow(NOT_FOUND);
  await expect(handleOf("a:insert")).rejects.toThrow(NOT_FOUND);
  await call(await handleOf("a:other"));
  deployment.redeploy();
  await call(handle);
  expect(await rows()).toBe(2);
});

test("a handle means nothing in the deployment that data were imported into, and nothing is scheduled there", async () => {
  const { deployment, handleOf, call, later, drain, rows } =
    deployWithHandles();
  const handle = await handleOf("a:insert");
  await later(handle);
  await deployment.importElsewhere();
  await drain();
  expect(await rows()).toBe(0);
  await expect(call(handle)).rejects.toThrow(NOT_FOUND);
  await call(await handleOf("a:insert"));
  expect(await rows()).toBe(1);
});

test("a handle that was made by hand is not found", async () => {
  const { call } = deployWithHandles();
  await expect(call("function://;a:insert")).rejects.toThrow(NOT_FOUND);
});

test("with the rule off, a handle is what convex-test makes of it", async () => {
  const { handleOf, call, rows } = deployWithHandles({ handles: false });
  expect(await handleOf("a:insert")).toBe("function://;a:insert");
  await call("function://;a:insert");
  expect(await rows()).toBe(1);
});
