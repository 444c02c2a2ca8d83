/// Stops the program if a caller made a mistake, and says which.
///
/// Like `precondition`, but the message is there in release builds too, which is where networks are
/// run.
@inlinable
package func require(
  _ condition: @autoclosure () -> Bool, _ message: @autoclosure () -> String,
  file: StaticString = #fileID, line: UInt = #line
) {
  if !condition() { fatalError(message(), file: file, line: line) }
}
