using Xunit;

namespace Lockkeeper.Tests.Unit.Architecture;

/// <summary>Fails with every violation of a rule at once and with what to do about it.</summary>
internal static class Violations
{
    public static void None(IEnumerable<string> found, string whatToDo)
    {
        var all = found.Order(StringComparer.Ordinal).ToList();
        if (all.Count > 0)
            Assert.Fail($"{string.Join("\n", all.Select(one => "  - " + one))}\nWHAT TO DO: {whatToDo}");
    }
}
