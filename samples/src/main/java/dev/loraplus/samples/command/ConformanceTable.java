package dev.loraplus.samples.command;

import dev.loraplus.conformance.BaseResult;
import dev.loraplus.conformance.CaseErrors;
import dev.loraplus.conformance.CaseResult;
import dev.loraplus.conformance.ConformanceSuite;
import dev.loraplus.conformance.Deviation;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** The lines of {@code conformance}, in aligned columns, and what they add up to. */
final class ConformanceTable {
  private static final String ABSENT = "-";

  private final int nameWidth;
  private int cases;
  private int casesPassed;
  private int bases;
  private int basesPassed;

  ConformanceTable(List<ConformanceSuite> suites) {
    this.nameWidth =
        suites.stream()
            .flatMap(suite -> Stream.concat(suite.cases().stream(), suite.bases().stream()))
            .mapToInt(String::length)
            .reduce("case".length(), Math::max);
  }

  String caseHeading() {
    return row(
        "case", "loss", "rate", "groups", "grads", "adapter", "merged", "logits", "norms",
        "result");
  }

  String baseHeading() {
    return row("base", "logits", "result");
  }

  String line(CaseResult result) {
    cases++;
    casesPassed += result.passed() ? 1 : 0;
    Optional<CaseErrors> errors = result.errors();
    return row(
        result.name(),
        number(errors.map(CaseErrors::losses)),
        number(errors.map(CaseErrors::rates)),
        errors.map(e -> e.groupDifference().isEmpty() ? "equal" : "differ").orElse(ABSENT),
        number(errors.map(CaseErrors::gradients)),
        number(errors.map(CaseErrors::adapter)),
        number(errors.flatMap(CaseErrors::merged)),
        number(errors.map(CaseErrors::logits)),
        number(errors.flatMap(CaseErrors::gradientNorms)),
        verdict(result.failure()));
  }

  String line(BaseResult result) {
    bases++;
    basesPassed += result.passed() ? 1 : 0;
    OptionalDouble error = result.logitsError();
    return row(
        result.name(),
        error.isPresent() ? number(error.getAsDouble()) : ABSENT,
        verdict(result.failure()));
  }

  String summary() {
    return String.format(
        "%d of %d cases PASS, %d of %d bases PASS", casesPassed, cases, basesPassed, bases);
  }

  boolean allPassed() {
    return casesPassed == cases && basesPassed == bases;
  }

  private static String verdict(Optional<String> failure) {
    return failure.map(reason -> "FAIL: " + reason).orElse("PASS");
  }

  private static String number(Optional<Deviation> deviation) {
    return deviation.map(value -> number(value.error())).orElse(ABSENT);
  }

  private static String number(double error) {
    if (Double.isInfinite(error)) {
      return "inf";
    }
    return error == 0 ? "0" : String.format(Locale.ROOT, "%.1e", error);
  }

  private String row(String name, String... columns) {
    StringBuilder line = new StringBuilder(String.format("%-" + nameWidth + "s", name));
    for (String column : columns) {
      line.append(String.format("  %-8s", column));
    }
    return line.toString().stripTrailing();
  }
}
