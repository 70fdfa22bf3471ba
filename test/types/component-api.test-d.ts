/**
 * The committed `ComponentApi` against the functions it describes: a host compiles against the one and runs the other.
 */
import { assertType, expectTypeOf, test } from "vitest";
import type { api } from "../../src/component/_generated/api.js";
import type { ComponentApi } from "../../src/component/_generated/component.js";

type IsAny<T> = 0 extends 1 & T ? true : false;

/**
 * A type with every optional property marked as such and made required, so that types that extend each other are the same
 * type. `any` still fits anything: a validator may carry a narrower type than generated code can say. Ids are strings
 * outside.
 */
type Marked<T> =
  IsAny<T> extends true
    ? T
    : T extends string
      ? T extends { __tableName: unknown }
        ? string
        : T
      : T extends readonly (infer Item)[]
        ? Marked<Item>[]
        : T extends object
          ? {
              [Name in keyof T]-?: object extends Pick<T, Name>
                ? { optional: Marked<Exclude<T[Name], undefined>> }
                : { required: Marked<T[Name]> };
            }
          : T;

type Signature<F> = F extends {
  _type: infer Kind;
  _args: infer Args;
  _returnType: infer Returns;
}
  ? { kind: Kind; args: Marked<Args>; returns: Marked<Returns> }
  : never;
type Signatures<Api> = {
  [Module in keyof Api]: {
    [Name in keyof Api[Module]]: Signature<Api[Module][Name]>;
  };
};
type Without<Api, Part extends string> = {
  [Module in keyof Api]: {
    [Name in keyof Api[Module]]: Omit<Api[Module][Name], Part>;
  };
};

type Real = Signatures<typeof api>;
type Generated = Signatures<ComponentApi>;

test("every function is described with what it takes, and nothing else is", () => {
  type RealArgs = Without<Real, "returns">;
  type GeneratedArgs = Without<Generated, "returns">;
  assertType<(real: RealArgs) => GeneratedArgs>((real) => real);
  assertType<(generated: GeneratedArgs) => RealArgs>((generated) => generated);
});

test("what a function returns is what a host is told", () => {
  // One way only: a handler may be known to return less than its validator allows.
  assertType<(real: Real) => Generated>((real) => real);
});

test("the comparison sees what a function takes and returns", () => {
  type Update = Real["documents"]["update"];
  expectTypeOf<Update["kind"]>().toEqualTypeOf<"mutation">();
  expectTypeOf<Update["args"]>().toHaveProperty("actor");
  expectTypeOf<Update["args"]>().not.toBeAny();
  expectTypeOf<Update["returns"]>().not.toBeAny();
});
