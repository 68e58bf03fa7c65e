using System.Globalization;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Provision.PostgreSql.Profiles;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Provision;

public sealed class ParameterProfileTests
{
    private static readonly string[] Profiles = ["oltp", "olap", "small"];

    private static readonly SizeConfig[] Sizes = [Size(1, 1, 20), Size(4, 2, 100), Size(16, 4, 500), Size(64, 16, 2000), Size(512, 96, 20_000)];

    [Fact]
    public void the_values_for_usual_sizes_are_those_of_the_table()
    {
        var lines = new List<string>();
        foreach (var profile in Profiles)
        {
            var columns = Sizes.Select(size => ParameterProfile.Compute(profile, size)).ToList();
            lines.Add($"{profile}: memory/cores/disk {string.Join(", ", Sizes.Select(size => $"{size.MemoryBytes >> 30}GB/{size.Cores}/{size.DiskBytes >> 30}GB"))}");
            lines.AddRange(columns[0].Select((one, row) => $"  {one.Name}: {string.Join(", ", columns.Select(column => column[row].Value).Distinct().Count() == 1 ? [one.Value] : columns.Select(column => column[row].Value))}"));
        }

        Golden.Check("tests/Unit/Provision/Golden/profiles.txt", string.Join('\n', lines) + "\n");
    }

    [Fact]
    public void memory_is_never_promised_twice()
    {
        foreach (var profile in Profiles)
        {
            foreach (var size in Sizes)
            {
                var values = ParameterProfile.Compute(profile, size).ToDictionary(one => one.Name, one => one.Value);
                long Bytes(string name) => long.Parse(values[name][..^2], CultureInfo.InvariantCulture) << 20;
                (Bytes("shared_buffers") + Bytes("maintenance_work_mem")).ShouldBeLessThan(size.MemoryBytes, $"{profile} {size}");
                Bytes("max_wal_size").ShouldBeLessThan(size.DiskBytes / 2);
                Bytes("min_wal_size").ShouldBeLessThanOrEqualTo(Bytes("max_wal_size"));
            }
        }
    }

    private static SizeConfig Size(int memory, int cores, int disk) => new((long)memory << 30, cores, (long)disk << 30, RotatingDisk: false);
}
