import { describe, expect, it } from "vitest";
import { namedIn } from "../../../example/src/route.js";

describe("the documents of a list", () => {
  it("are read from addresses and ids, and know their line", () => {
    const text = "http://127.0.0.1:5173/#/d/j57\r\n\n  k68  \n#/d/a%20b";
    expect(namedIn(text)).toEqual([
      { line: 1, id: "j57" },
      { line: 3, id: "k68" },
      { line: 4, id: "a b" },
    ]);
  });

  it("are left as they stand where they lead to no document", () => {
    expect(namedIn("#/trash\n#/d/%E0%A4%A")).toEqual([
      { line: 1, id: "#/trash" },
      { line: 2, id: "#/d/%E0%A4%A" },
    ]);
  });

  it("are none of an empty list", () => {
    expect(namedIn(" \n\n")).toEqual([]);
  });
});
