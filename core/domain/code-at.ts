/**
 * `text.charCodeAt(at)`, for loops that every kind of text goes through. V8 keeps text in more forms (a slice, two parts,
 * a name) than a call on it is compiled for; past four each character would be looked up anew. This it always compiles.
 */
export const codeAt = Function.prototype.call.bind(String.prototype.charCodeAt) as (
  text: string,
  at: number,
) => number
