package dev.loraplus.config;

/** A schedule under a name of the user's choice. */
record NamedSchedule(String name, Schedule schedule) implements Schedule {
  NamedSchedule {
    new Faults().require(!name.isBlank(), "schedule name: must not be blank").throwIfAny();
  }

  @Override
  public double rateAt(long step, Run run) {
    return schedule.rateAt(step, run);
  }

  @Override
  public String toString() {
    return name;
  }
}
