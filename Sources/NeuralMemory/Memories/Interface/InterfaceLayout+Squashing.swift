import VectorKernels

extension InterfaceLayout {
  /// Squashes a raw interface vector; keeps in `slopes` the derivatives that the result does not
  /// tell.
  func squash(
    _ raw: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>,
    slopes: UnsafeMutablePointer<Float>, _ kernels: UnsafePointer<vk_table>
  ) {
    for group in groups {
      let x = raw + group.offset
      let out = y + group.offset
      switch group.squashing {
      case .none: out.update(from: x, count: group.count)
      case .tanh: kernels.pointee.tanh(out, x, group.count)
      case .sigmoid: kernels.pointee.sigmoid(out, x, group.count)
      case .softplus: kernels.pointee.softplus(out, slopes + group.slope, x, group.count)
      case .oneplus:
        kernels.pointee.softplus(out, slopes + group.slope, x, group.count)
        for i in 0..<group.count { out[i] += 1 }
      case .softmaxOfThree:
        for i in stride(from: 0, to: group.count, by: 3) {
          let top = max(x[i], x[i + 1], x[i + 2])
          for j in i..<i + 3 { out[j] = x[j] - top }
        }
        kernels.pointee.exp(out, out, group.count)
        for i in stride(from: 0, to: group.count, by: 3) {
          let scale = 1 / (out[i] + out[i + 1] + out[i + 2])
          for j in i..<i + 3 { out[j] *= scale }
        }
      }
    }
  }

  /// Turns the gradient of the squashed vector, in place, into that of the raw one.
  func squashBackward(
    _ d: UnsafeMutablePointer<Float>, y: UnsafePointer<Float>, slopes: UnsafePointer<Float>,
    _ kernels: UnsafePointer<vk_table>
  ) {
    for group in groups {
      let g = d + group.offset
      let out = y + group.offset
      switch group.squashing {
      case .none: break
      case .tanh: kernels.pointee.tanh_backward(g, out, group.count)
      case .sigmoid: kernels.pointee.sigmoid_backward(g, out, group.count)
      case .oneplus, .softplus:
        for i in 0..<group.count { g[i] *= slopes[group.slope + i] }
      case .softmaxOfThree:
        for i in stride(from: 0, to: group.count, by: 3) {
          let mean = g[i] * out[i] + g[i + 1] * out[i + 1] + g[i + 2] * out[i + 2]
          for j in i..<i + 3 { g[j] = out[j] * (g[j] - mean) }
        }
      }
    }
  }
}
