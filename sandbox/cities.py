"""The Chinese cities that the synthetic world serves unless others are asked for.

Those around the Yellow Sea and on the North China Plain, and some farther off to compare.
"""

_NAMES = """
beijing tianjin shijiazhuang tangshan qinhuangdao handan xingtai baoding zhangjiakou chengde cangzhou
langfang hengshui taiyuan yangquan changzhi jincheng jinan qingdao zibo yantai weifang jining weihai rizhao
linyi dezhou liaocheng binzhou heze dongying taian zaozhuang zhengzhou kaifeng anyang hebi xinxiang jiaozuo
puyang luoyang shenyang dalian anshan dandong yingkou changchun jilin haerbin huhehaote shanghai nanjing
wuxi xuzhou suzhou nantong lianyungang hangzhou ningbo hefei wuhan xian chengdu chongqing guangzhou
"""

CITIES = frozenset(f"cn-{name}" for name in _NAMES.split())
"""Region ids."""
