/// Placeholder until the page lands in this commit.
enum PageFiles {}
