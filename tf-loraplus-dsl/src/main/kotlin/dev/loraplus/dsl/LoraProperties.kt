package dev.loraplus.dsl

import dev.loraplus.config.BiasMode
import dev.loraplus.config.LoraInit
import dev.loraplus.config.LoraVariant

/** The inner dimension of BA; see [LoraBuilder.rank]. */
public var LoraBuilder.rank: Int
  get() = options.rank.current()
  set(value) {
    rank(value)
  }

/** The numerator of the scaling; see [LoraBuilder.alpha]. */
public var LoraBuilder.alpha: Double
  get() = options.currentAlpha()
  set(value) {
    alpha(value)
  }

/** The dropout on the input of A; see [LoraBuilder.dropout]. */
public var LoraBuilder.dropout: Double
  get() = options.dropout.current()
  set(value) {
    dropout(value)
  }

/** Which biases train; see [LoraBuilder.bias]. */
public var LoraBuilder.bias: BiasMode
  get() = options.bias.current()
  set(value) {
    bias(value)
  }

/** How A and B start; see [LoraBuilder.init]. */
public var LoraBuilder.init: LoraInit
  get() = options.init.current()
  set(value) {
    init(value)
  }

/** What an adapter is made of; see [LoraBuilder.variant]. */
public var LoraBuilder.variant: LoraVariant
  get() = options.variant.current()
  set(value) {
    variant(value)
  }
