import ai.timefold.solver.core.api.domain.entity.PlanningEntity;
import ai.timefold.solver.core.api.domain.lookup.PlanningId;
import ai.timefold.solver.core.api.domain.valuerange.ValueRangeProvider;
import ai.timefold.solver.core.api.domain.variable.PlanningVariable;
import java.util.List;

/** A task: the solver chooses its day, or OUT (left out), or LATER (waits) where that is among its days. */
@PlanningEntity
public class Task {
    public static final int OUT = -1;
    public static final int LATER = -2;
    private static final int DAYS = 1000;

    @PlanningId
    public int id;
    public int site;
    public int unit;
    public int parent;
    public int quarters;
    public int group;
    public long weight;
    public boolean listed;
    public int laterFrom;
    public int laterTo;
    public long laterClass;

    @ValueRangeProvider(id = "days")
    public List<Integer> days;

    @PlanningVariable(valueRangeProviderRefs = "days")
    public Integer day;

    public boolean placed() {
        return day >= 0;
    }

    public int getSite() {
        return site;
    }

    public int getParent() {
        return parent;
    }

    public int getGroup() {
        return group;
    }

    public int getQuarters() {
        return quarters;
    }

    public long getLaterClass() {
        return laterClass;
    }

    public long siteDay() {
        return (long) site * DAYS + day;
    }

    public long unitDay() {
        return (long) unit * DAYS + day;
    }

    public static int unitOf(long unitDay) {
        return (int) (unitDay / DAYS);
    }

    public static int dayOf(long unitDay) {
        return (int) (unitDay % DAYS);
    }
}
