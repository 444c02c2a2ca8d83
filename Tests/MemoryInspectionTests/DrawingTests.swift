import Foundation
import NeuralMemory
import TestSupport
import Testing

@testable import MemoryInspection

@Suite struct DrawingTests {
  private func map(
    rows: Int, columns: Int, scale: ColorScale = .sequential, values: [Float]? = nil
  ) -> HeatMap {
    HeatMap(
      key: "m", title: "A <map> & more", rowTitle: "cell", columnTitle: "time step", rows: rows,
      columns: columns,
      values: values ?? (0..<rows * columns).map { Float($0) / Float(max(rows * columns - 1, 1)) },
      range: 0...1, scale: scale)
  }

  @Test func scalesRunFromEndToEnd() {
    // the ends of Matplotlib's viridis are (68, 1, 84) and (253, 231, 37)
    let (low, high) = (ColorScale.sequential.color(0), ColorScale.sequential.color(1))
    #expect(abs(Int(low.red) - 68) < 6 && low.green < 8 && abs(Int(low.blue) - 84) < 6)
    #expect(high.red > 245 && abs(Int(high.green) - 231) < 6 && abs(Int(high.blue) - 37) < 8)
    #expect(ColorScale.diverging.color(0.5) == Color(247, 247, 247))
    #expect(ColorScale.diverging.color(-3) == ColorScale.diverging.color(0))
    #expect(ColorScale.sequential.color(.nan) == ColorScale.nonFinite)
    // brighter all the way: the order shows in gray too
    let gray = (0...20).map { step in
      let color = ColorScale.sequential.color(Float(step) / 20)
      return 0.299 * Double(color.red) + 0.587 * Double(color.green) + 0.114 * Double(color.blue)
    }
    #expect(zip(gray, gray.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test func reducedMapsKeepWhatStandsOut() {
    var values = [Float](repeating: 0.1, count: 100)
    values[57] = 0.9
    let small = map(rows: 10, columns: 10, values: values).reduced(rows: 4, columns: 5)
    #expect(small.rows == 4 && small.columns == 5)
    #expect(small.values.filter { $0 == 0.9 }.count == 1 && small.values[1 * 5 + 3] == 0.9)
    values[57] = .nan
    #expect(
      map(rows: 10, columns: 10, values: values).reduced(rows: 1, columns: 1).values[0].isNaN)
    let signed = map(rows: 1, columns: 4, scale: .diverging, values: [0.5, 0, 0.6, 0.5])
    #expect(signed.reduced(rows: 1, columns: 1).values == [0])
  }

  /// The numbers on the axes are those of the map before it was reduced.
  @Test func reducedMapsKeepTheirNumbers() {
    let large = map(rows: 600, columns: 1200)
    let small = large.reduced(rows: 300, columns: 400)
    #expect(small.rowStep == 2 && small.columnStep == 3 && large.rowStep == 1)
    #expect(small.reduced(rows: 100, columns: 400).rowStep == 6)
    let svg = String(decoding: Figure(title: "", maps: [large]).data(.svg), as: UTF8.self)
    for number in [">1100<", ">560<"] { #expect(svg.contains(number), "\(number)") }
    let text = large.text(width: 79, maximumRows: 100, colors: .none)
    #expect(text.contains("\n576 ") && text.contains("1199"))
  }

  @Test func boundsAreRound() {
    let bounds = [0.03, 0.05, 0.7, 1, 1.01, 4, 90, 2000].map { HeatMap.bound(for: Float($0)) }
    let expected: [Float] = [0.05, 0.05, 1, 1, 2, 5, 100, 2000]
    for (found, wanted) in zip(bounds, expected) { #expect(abs(found / wanted - 1) < 1e-5) }
    #expect(HeatMap.bound(for: 0) == 1 && HeatMap.bound(for: .nan) == 1)
  }

  @Test func withoutColorsThereAreCharactersOnly() {
    let text = map(rows: 9, columns: 30).text(width: 79, colors: .none)
    #expect(!text.contains("\u{1B}"))
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 1 + 9 + 2 && lines.allSatisfy { $0.count <= 79 })
    #expect(lines[9].contains("@") && lines[1].contains(" "))
  }

  @Test(arguments: [20, 40, 80, 200])
  func mapsKeepToTheTerminal(width: Int) throws {
    for colors in [TerminalColors.palette, .full] {
      let text = map(rows: 64, columns: 100).text(width: width, colors: colors)
      let plain = text.replacing(try Regex("\u{1B}\\[[0-9;]*m"), with: "")
      let lines = plain.split(separator: "\n").dropFirst().dropLast()
      #expect(lines.count == 33)
      #expect(lines.allSatisfy { $0.count <= width })
      #expect(lines.first?.contains("▀") == true)
      // every colored line ends without color
      #expect(text.split(separator: "\n")[1].hasSuffix("\u{1B}[0m"))
    }
  }

  @Test func terminalsSayWhatTheyShow() {
    func colors(_ environment: [String: String], isTerminal: Bool = true) -> TerminalColors {
      .supported(isTerminal: isTerminal, environment: environment)
    }
    #expect(colors(["TERM": "xterm"]) == .palette)
    #expect(colors(["TERM": "xterm", "COLORTERM": "truecolor"]) == .full)
    #expect(colors(["COLORTERM": "truecolor"], isTerminal: false) == .none)
    #expect(colors(["COLORTERM": "truecolor", "NO_COLOR": "1"]) == .none)
    #expect(colors(["COLORTERM": "truecolor", "NO_COLOR": ""]) == .full)
    #expect(colors(["TERM": "dumb"]) == .none)
  }

  /// Python's zlib unpacks the picture; rows are undone as the standard says.
  @Test(.enabled(if: Python.hasModule("zlib"), "python3 is not installed"))
  func picturesAreThoseThatWereDrawn() throws {
    let folder = try TemporaryFolder()
    var image = PixelImage(width: 61, height: 40)
    var random = RandomNumbers(seed: 1)
    for y in 0..<20 {
      for x in 0..<61 {
        image[x, y] = Color(UInt8(random.integer(in: 0...255)), UInt8(x), UInt8(y / 7))
      }
    }
    try image.png().write(to: folder.file("a.png"))
    let script = """
      import sys, struct, zlib
      d = open(sys.argv[1], 'rb').read()
      assert d[:8] == bytes([137,80,78,71,13,10,26,10])
      p, parts = 8, {}
      while p < len(d):
          n, = struct.unpack('>I', d[p:p+4]); t = d[p+4:p+8]; c = d[p+8:p+8+n]
          assert struct.unpack('>I', d[p+8+n:p+12+n])[0] == zlib.crc32(t + c)
          parts[t] = c; p += 12 + n
      w, h = struct.unpack('>II', parts[b'IHDR'][:8])
      raw = zlib.decompress(parts[b'IDAT']); s = 3 * w; last = bytes(s)
      for y in range(h):
          row = raw[y*(s+1):(y+1)*(s+1)]; assert row[0] == 2
          last = bytes((a + b) & 255 for a, b in zip(row[1:], last)); print(last.hex(), end='')
      """
    let pixels = try Python.run(script, folder.file("a.png").path)
    let wanted = image.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    #expect(pixels == wanted)
  }

  @Test func figuresSayWhatIsShown() throws {
    let maps = [map(rows: 4, columns: 5), map(rows: 600, columns: 1200), map(rows: 0, columns: 0)]
    let figure = Figure(title: "All", maps: maps)
    let svg = String(decoding: figure.data(.svg), as: UTF8.self)
    for part in ["A &lt;map&gt; &amp; more", "right: time step; down: cell", ">0.5<", ">1<"] {
      #expect(svg.contains(part), "\(part)")
    }
    #expect(svg.components(separatedBy: "data:image/png").count == 4)
    #expect(svg.hasSuffix("</svg>\n"))
    #expect(figure.data(.png).count > 1000)
  }
}
