package dev.loraplus.samples.report.heatmap;

import dev.loraplus.samples.report.heatmap.RateGrid.Cell;
import java.util.List;
import java.util.Optional;

/** The cells of a heatmap that are marked. */
record HeatmapFindings(Optional<Cell> best, Optional<Cell> bestEqual, List<Cell> near) {}
