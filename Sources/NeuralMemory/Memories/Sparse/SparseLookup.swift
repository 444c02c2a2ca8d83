import VectorKernels

// Content lookup among the nearest cells, forward and backward: docs/equations/sam.md, step 4.
extension SparseMemoryShard {
  /// As the dense memory's keys: components below 1/W, so that no square overflows.
  func scaleQueries(_ x: Block, _ saved: Block) {
    for head in 0..<plan.r {
      let scaled = saved[record.queries] + head * plan.wp
      let key = ScaledKey(
        x[plan.fields.queries] + head * plan.w, count: plan.w, into: scaled,
        epsilon: SparsePlan.epsilon, kernels)
      saved[record.queryScales][head] = key.scale
      saved[record.queryNorms][head] = key.norm
      saved[record.queryEpsilons][head] = SparsePlan.epsilon * key.scale
    }
  }

  func lookup(_ head: Int, _ saved: Block) -> vk_lookup {
    vk_lookup(
      beta: Block(saved[record.interface.values])[plan.fields.strengths][head],
      key_norm: saved[record.queryNorms][head],
      key_epsilon: saved[record.queryEpsilons][head])
  }

  /// Step 4's softmax over the cells found.
  func contentWeights(
    _ head: Int, _ x: Block, _ saved: Block
  ) {
    let found = nearest.counts[head]
    let beta = x[plan.fields.strengths][head]
    let cosines = nearest.cosines + head * plan.k
    let content = saved[record.content] + head * plan.k
    (saved[record.cosine] + head * plan.k).update(from: cosines, count: found)
    for i in 0..<found { content[i] = beta * (cosines[i] - cosines[0]) }
    kernels.pointee.exp(content, content, found)
    var sum: Float = 0
    for i in 0..<found { sum += content[i] }
    for i in 0..<found { content[i] /= sum }
  }

  /// Step 4: softmax, cosine, query; the cells' share goes to their gradients.
  func backwardContent(
    _ head: Int, _ element: Int, _ x: Block, _ saved: Block, _ draw: Block
  ) {
    let g = gradients!
    let first = head * plan.headReads
    let d = g.content.base
    let content = saved[record.content] + head * plan.k
    let cosine = saved[record.cosine] + head * plan.k
    var share: Float = 1
    if plan.hasLinks {
      share = x[plan.fields.modes][3 * head + 2]
      var sum: Float = 0
      for i in 0..<plan.k {
        sum +=
          g.reads(element)[first + Int(saved[record.contentEntries][head * plan.k + i])]
          * content[i]
      }
      draw[plan.fields.modes][3 * head + 2] += sum
    }
    var mean: Float = 0
    for i in 0..<plan.k {
      d[i] =
        share * g.reads(element)[first + Int(saved[record.contentEntries][head * plan.k + i])]
      mean += d[i] * content[i]
    }
    let lookup = lookup(head, saved)
    let query = saved[record.queries] + head * plan.wp
    let dquery = g.query.base
    dquery.update(repeating: 0, count: plan.wp)
    var dbeta: Float = 0
    var dnorm: Float = 0
    for i in 0..<plan.k {
      let entry = first + Int(saved[record.contentEntries][head * plan.k + i])
      let read = Int(saved[record.entryReads][entry])
      let (norm, scale) = (saved[record.norms][read], saved[record.scales][read])
      let slope = content[i] * (d[i] - mean)
      dbeta += slope * cosine[i]
      // of the scaled dot product, and of the cosine's denominator
      let ddot =
        slope * lookup.beta / (lookup.key_norm * norm + lookup.key_epsilon * scale)
      let ddenominator = -ddot * cosine[i]
      dnorm += ddenominator * norm
      g.shrink.base[read] += ddenominator * lookup.key_norm / norm * scale * scale
      let row = saved[record.rows] + read * plan.wp
      kernels.pointee.axpy(dquery, ddot * scale, row, plan.wp)
      kernels.pointee.axpy(
        g.row(element, Int(saved[record.entryCells][entry])), ddot * scale, query, plan.wp)
    }
    draw[plan.fields.strengths][head] = dbeta
    let scale = saved[record.queryScales][head]
    let radial = lookup.key_norm > 0 ? dnorm / lookup.key_norm : 0
    let out = draw[plan.fields.queries] + head * plan.w
    for j in 0..<plan.w { out[j] = (dquery[j] + radial * query[j]) * scale }
  }
}
