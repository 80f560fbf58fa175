/** A page of the documentation, as its index lists it. */
export interface DocumentationPage {
  readonly title: string;
  readonly file: string;
  readonly answers: string;
}

/** The pages that docs/README.md lists, in its order. */
export function pagesOfIndex(index: string): readonly DocumentationPage[] {
  return [...index.matchAll(/^\| \[(.+?)\]\((.+?)\)\s*\|\s*(.*?)\s*\|$/gm)].map(
    ([, title, file, answers]) => ({
      title: title!,
      file: file!,
      answers: answers!,
    }),
  );
}
