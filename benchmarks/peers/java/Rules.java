import ai.timefold.solver.core.api.score.buildin.hardmediumsoftlong.HardMediumSoftLongScore;
import ai.timefold.solver.core.api.score.stream.Constraint;
import ai.timefold.solver.core.api.score.stream.ConstraintCollectors;
import ai.timefold.solver.core.api.score.stream.ConstraintFactory;
import ai.timefold.solver.core.api.score.stream.ConstraintProvider;

/** One function a rule. */
public class Rules implements ConstraintProvider {
    private static final HardMediumSoftLongScore HARD = HardMediumSoftLongScore.ONE_HARD;
    private static final HardMediumSoftLongScore SOFT = HardMediumSoftLongScore.ONE_SOFT;
    private static final int DAY_QUARTERS = 24;

    @Override
    public Constraint[] defineConstraints(ConstraintFactory f) {
        return new Constraint[] {crews(f), stays(f), groups(f), listed(f), leftOut(f), entries(f), laterEntries(f)};
    }

    private Constraint crews(ConstraintFactory f) {
        return f.forEach(Task.class)
                .filter(Task::placed)
                .groupBy(
                        Task::unitDay,
                        ConstraintCollectors.sum(Task::getQuarters),
                        ConstraintCollectors.countDistinct(Task::getSite))
                .filter((cell, quarters, sites) -> over(cell, quarters, sites) > 0)
                .penalizeLong(HARD, (cell, quarters, sites) -> over(cell, quarters, sites))
                .asConstraint("capacity.crew");
    }

    private static long over(long cell, int quarters, int sites) {
        int unit = Task.unitOf(cell);
        return (long) quarters + sites * Facts.setup[unit] - Facts.capacity[unit][Task.dayOf(cell)];
    }

    private Constraint stays(ConstraintFactory f) {
        return f.forEach(Task.class)
                .filter(Task::placed)
                .groupBy(Task::siteDay, t -> t.unit, ConstraintCollectors.sum(Task::getQuarters))
                .filter((visit, unit, quarters) -> quarters + Facts.setup[unit] > DAY_QUARTERS)
                .penalize(HARD)
                .asConstraint("visit.hours");
    }

    private Constraint groups(ConstraintFactory f) {
        return f.forEach(Task.class)
                .filter(t -> t.group >= 0 && t.day != Task.OUT)
                .groupBy(Task::getGroup, ConstraintCollectors.toList())
                .filter((group, tasks) -> Facts.broken(group, tasks) > 0)
                .penalizeLong(HARD, Facts::broken)
                .asConstraint("gap.domain, cap.domain");
    }

    private Constraint listed(ConstraintFactory f) {
        return f.forEach(Task.class)
                .filter(t -> t.listed && t.placed())
                .groupBy(Task::siteDay, ConstraintCollectors.countDistinct(Task::getParent))
                .filter((visit, parents) -> parents > 1)
                .penalizeLong(HARD, (visit, parents) -> parents - 1)
                .asConstraint("join.not");
    }

    private Constraint leftOut(ConstraintFactory f) {
        return f.forEach(Task.class)
                .filter(t -> t.day == Task.OUT)
                .penalizeLong(HardMediumSoftLongScore.ONE_MEDIUM, t -> t.weight)
                .asConstraint("objective.left-out");
    }

    private Constraint entries(ConstraintFactory f) {
        return f.forEach(Task.class)
                .filter(Task::placed)
                .groupBy(Task::siteDay)
                .penalize(SOFT)
                .asConstraint("objective.entries");
    }

    private Constraint laterEntries(ConstraintFactory f) {
        return f.forEach(Task.class)
                .filter(t -> t.day == Task.LATER)
                .groupBy(Task::getLaterClass, ConstraintCollectors.toList())
                .penalizeLong(SOFT, (c, tasks) -> Facts.later(tasks))
                .asConstraint("objective.entries, later");
    }
}
