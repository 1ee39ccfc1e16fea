/** Sixteen characters of base64url as an id that no command line takes for an option. */
export const idText = (text: string): string => text.replace(/^-/, 'A')
