// Placeholder: the console is built here.
export {}
