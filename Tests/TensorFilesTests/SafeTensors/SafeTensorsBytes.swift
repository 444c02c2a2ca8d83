import Foundation
import TensorFiles
import Testing

/// The bytes of a file with any header and payload, right or wrong.
func safeTensorsBytes(
  _ header: String, payload: Int = 0, claimedLength: UInt64? = nil
) -> Data {
  safeTensorsBytes(Data(header.utf8), payload: payload, claimedLength: claimedLength)
}

func safeTensorsBytes(_ header: Data, payload: Int = 0, claimedLength: UInt64? = nil) -> Data {
  let length = claimedLength ?? UInt64(header.count)
  var data = Data((0..<8).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) })
  data += header
  data += Data((0..<payload).map { UInt8(truncatingIfNeeded: $0) })
  return data
}

/// The error that reading bytes throws; reading them without an error is an issue.
func safeTensorsError(
  _ data: Data, sourceLocation: SourceLocation = #_sourceLocation
) -> SafeTensorsError? {
  #expect(throws: SafeTensorsError.self, sourceLocation: sourceLocation) {
    try SafeTensors(data: data)
  }
}
