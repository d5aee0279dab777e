/** Scripts that are imported for what they do, and have no types. */

declare module "@tabler/core/dist/js/tabler.esm.min.js";
