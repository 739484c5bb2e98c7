/** Warnings of the compiler (accessibility above all) fail `npm run check`. */
export default { compilerOptions: { runes: true } }
