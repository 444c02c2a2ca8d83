import Foundation
import TensorCore
import Testing
import VectorKernels

@Suite struct ControllersTests {
  private static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  /// h and the new cells from the gates before their squashing.
  private static func lstm(_ gates: [Double], _ cells: [Double]) -> (h: [Double], cells: [Double]) {
    let hp = cells.count
    let new = (0..<hp).map { j in
      sigmoid(gates[hp + j]) * cells[j] + sigmoid(gates[j]) * tanh(gates[2 * hp + j])
    }
    return ((0..<hp).map { sigmoid(gates[3 * hp + $0]) * tanh(new[$0]) }, new)
  }

  private static func gru(_ gates: [Double], _ old: [Double]) -> [Double] {
    let hp = old.count
    return (0..<hp).map { j in
      let (r, z) = (sigmoid(gates[j]), sigmoid(gates[hp + j]))
      let n = tanh(gates[2 * hp + j] + r * gates[3 * hp + j])
      return (1 - z) * n + z * old[j]
    }
  }

  @Test(arguments: levels, [16, 32, 48, 112, 320])
  func lstm(level: Int, hp: Int) {
    let k = kernels(level)
    var random = RandomNumbers(seed: UInt64(hp), stream: 40)
    let (raw, old) = (random.normals(4 * hp, scale: 2), random.normals(hp))
    var gates = Canvas(raw)
    var new = Canvas(hp)
    var h = Canvas(hp)
    k.lstm(&gates.floats, old, &new.floats, &h.floats, hp)
    let expected = Self.lstm(raw.doubles, old.doubles)
    expectClose(h.values(), expected.h, "h")
    expectClose(new.values(), expected.cells, "cells")
    let squashed = raw.doubles.enumerated().map { index, x in
      index / hp == 2 ? tanh(x) : Self.sigmoid(x)
    }
    expectClose(gates.values(), squashed, "gates")

    let (dh, dnew) = (random.normals(hp), random.normals(hp))
    var dcells = Canvas(dnew)
    var dgates = Canvas(4 * hp)
    k.lstm_backward(gates.floats, old, new.floats, dh, &dcells.floats, &dgates.floats, hp)
    expectGradients(
      [
        Gradient(name: "gates", at: raw, found: dgates.values()),
        Gradient(name: "cells", at: old, found: dcells.values()),
      ], &random
    ) { point in
      let (h, cells) = Self.lstm(point[0], point[1])
      return dot(h, dh) + dot(cells, dnew)
    }
  }

  @Test(arguments: levels, [16, 32, 48, 112, 320])
  func gru(level: Int, hp: Int) {
    let k = kernels(level)
    var random = RandomNumbers(seed: UInt64(hp), stream: 41)
    let (raw, old) = (random.normals(4 * hp, scale: 2), random.normals(hp))
    var gates = Canvas(raw)
    var h = Canvas(hp)
    k.gru(&gates.floats, old, &h.floats, hp)
    expectClose(h.values(), Self.gru(raw.doubles, old.doubles), "h")
    let kept = (0..<hp).map { j in
      tanh(
        Double(raw[2 * hp + j]) + Self.sigmoid(Double(raw[j])) * Double(raw[3 * hp + j]))
    }
    expectClose(
      gates.values(),
      raw[..<(2 * hp)].map { Self.sigmoid(Double($0)) } + kept + Array(raw[(3 * hp)...]).doubles,
      "gates")

    let dh = random.normals(hp)
    var dold = Canvas(hp)
    var dgates = Canvas(4 * hp)
    k.gru_backward(gates.floats, old, dh, &dold.floats, &dgates.floats, hp)
    expectGradients(
      [
        Gradient(name: "gates", at: raw, found: dgates.values()),
        Gradient(name: "h", at: old, found: dold.values()),
      ], &random
    ) { point in dot(Self.gru(point[0], point[1]), dh) }
  }

  /// With zero gates, zero cells stay zero: that is what keeps the padding of a layer empty.
  @Test(arguments: levels)
  func paddingStaysZero(level: Int) {
    let k = kernels(level)
    let zeros = [Float](repeating: 0, count: 64)
    var gates = Canvas(zeros)
    var (cells, h, dgates) = (Canvas(16), Canvas(16), Canvas(64))
    k.lstm(&gates.floats, zeros, &cells.floats, &h.floats, 16)
    #expect(cells.values() + h.values() == Array(zeros[..<32]))
    var dcells = Canvas(Array(zeros[..<16]))
    k.lstm_backward(
      gates.floats, zeros, cells.floats, zeros, &dcells.floats, &dgates.floats, 16)
    #expect(dcells.values() + dgates.values() == [Float](repeating: 0, count: 80))

    gates = Canvas(zeros)
    k.gru(&gates.floats, zeros, &h.floats, 16)
    #expect(h.values() == Array(zeros[..<16]))
    var dold = Canvas(16)
    k.gru_backward(gates.floats, zeros, zeros, &dold.floats, &dgates.floats, 16)
    #expect(dold.values() + dgates.values() == [Float](repeating: 0, count: 80))
  }

  /// Gates far beyond saturation: finite, and no gradient but that of the state.
  @Test(arguments: levels, [Float(100), -100, 1e30, -1e30])
  func saturatedGates(level: Int, x: Float) {
    let k = kernels(level)
    let raw = [Float](repeating: x, count: 64)
    let old = [Float](repeating: 0.5, count: 16)
    let ones = [Float](repeating: 1, count: 16)
    var gates = Canvas(raw)
    var (cells, h, dgates, dcells) = (Canvas(16), Canvas(16), Canvas(64), Canvas(ones))
    k.lstm(&gates.floats, old, &cells.floats, &h.floats, 16)
    let expected = Self.lstm(raw.doubles, old.doubles)
    for j in 0..<16 {
      #expect(abs(cells.floats[j] - Float(expected.cells[j])) < 1e-6)
      #expect(abs(h.floats[j] - Float(expected.h[j])) < 1e-6)
    }
    k.lstm_backward(gates.floats, old, cells.floats, ones, &dcells.floats, &dgates.floats, 16)
    #expect(dgates.values().allSatisfy { abs($0) < 1e-6 })
    #expect(dcells.values().allSatisfy { $0.isFinite })
  }
}
