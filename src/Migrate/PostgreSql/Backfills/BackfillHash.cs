using System.Security.Cryptography;
using System.Text;

namespace Lockkeeper.Migrate.PostgreSql.Backfills;

/// <summary>The hash by which a checkpoint knows its statement.</summary>
internal static class BackfillHash
{
    public static string Of(string sql) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql)));
}
